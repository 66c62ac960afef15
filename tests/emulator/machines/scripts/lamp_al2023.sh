#!/bin/bash
dnf upgrade -y
dnf install -y httpd wget php-fpm php-mysqli php-json php php-devel
dnf install mariadb105-server -y
systemctl start httpd
systemctl enable httpd
systemctl start mariadb
usermod -a -G apache ec2-user
chown -R ec2-user:apache /var/www
chmod 2775 /var/www && find /var/www -type d -exec sudo chmod 2775 {} \;
find /var/www -type f -exec sudo chmod 0664 {} \;
cat > /var/www/html/index.html << 'HTML'
<!DOCTYPE html>
<html lang="en"><body><h1>LAMP on $5 a month</h1></body></html>
HTML
